# Puts each demo page together into one self-contained document, so that the server can embed it and
# serve it without any other static route:
#
#   cmake -DWEB=<folder of this file> -DOUT=<folder to write> -P assemble.cmake
#
# A page is the shell (page.html) with its title, styles, body and scripts filled in. The parts of
# one page land in one <style> and one <script type="module">, so they share a scope, in the order
# given below.

cmake_minimum_required(VERSION 3.25)

foreach(argument WEB OUT)
  if(NOT DEFINED ${argument})
    message(FATAL_ERROR "assemble.cmake needs -D${argument}=<folder>")
  endif()
endforeach()

set(pages index chat poll ephemeral livemap)

set(index_title "Innkeeper")
set(index_styles index.css)
set(index_scripts index.js)

set(chat_title "Chat · Innkeeper")
set(chat_styles people.css chat.css)
set(chat_scripts people.js chat.js)

set(poll_title "Poll · Innkeeper")
set(poll_styles tally.css)
set(poll_scripts tally.js poll.js)

set(ephemeral_title "Ephemeral poll · Innkeeper")
set(ephemeral_styles people.css tally.css)
set(ephemeral_scripts people.js tally.js ephemeral.js)

set(livemap_title "Live map · Innkeeper")
set(livemap_styles people.css livemap.css)
set(livemap_scripts people.js world.js world_map.js livemap.js)

set(shared_styles style.css parts.css)
set(shared_scripts dom.js client.js shell.js)

# Sources hold semicolons, brackets and backslashes. They stay whole only as long as every variable
# that holds one is quoted and none is handed on as a list, hence results through PARENT_SCOPE and
# file names as the only arguments.
function(read_sources result)
  set(joined "")
  foreach(name IN LISTS ARGN)
    file(READ "${WEB}/${name}" content)
    # Filled in later, such a word would be taken for a place of the shell; and a closing tag would
    # end its element early.
    foreach(word "@TITLE@" "@STYLE@" "@BODY@" "@SCRIPT@" "</script" "</style")
      string(FIND "${content}" "${word}" position)
      if(NOT position EQUAL -1)
        message(FATAL_ERROR "${name} must not contain ${word}")
      endif()
    endforeach()
    string(APPEND joined "${content}")
  endforeach()
  set(${result} "${joined}" PARENT_SCOPE)
endfunction()

file(READ "${WEB}/page.html" shell)

foreach(page IN LISTS pages)
  read_sources(style ${shared_styles} ${${page}_styles})
  read_sources(body ${page}.html)
  read_sources(script ${shared_scripts} ${${page}_scripts})
  set(document "${shell}")
  string(REPLACE "@TITLE@" "${${page}_title}" document "${document}")
  string(REPLACE "@STYLE@" "${style}" document "${document}")
  string(REPLACE "@BODY@" "${body}" document "${document}")
  string(REPLACE "@SCRIPT@" "${script}" document "${document}")
  file(WRITE "${OUT}/${page}.html" "${document}")
endforeach()
