// Building and changing the document. Text only ever goes in as a text node, so nothing that came
// over the wire can become markup.

function byId(id) {
  return document.getElementById(id);
}

function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function svgElement(tag, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Writing the same text again would make a live region speak again.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// By code points, so that no character is cut in half.
function shorten(text, lengthMax) {
  const characters = Array.from(text.slice(0, 4 * lengthMax));
  return characters.length > lengthMax ? characters.slice(0, lengthMax - 1).join('') + '…' : text;
}

function plural(count, one, many) {
  return `${count} ${count === 1 ? one : many}`;
}
