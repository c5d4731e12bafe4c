# Turns a text file into a C++ raw string literal, to be included where a string is expected:
#   cmake -DIN=<text> -DOUT=<literal.inc> -P raw_string.cmake
file(READ "${IN}" text)
file(WRITE "${OUT}" "R\"innkeeper(${text})innkeeper\"\n")
