// Draws the world and the dots on it. One degree is one unit of the drawing (equirectangular), so
// longitude and latitude are the coordinates; only north has to be turned up.

const graticuleDegrees = 30;

class WorldMap {
  #svg;
  #dots = new Map();
  #dotLayer = svgElement('g');

  // `choose` is called with the {lat, lon} that was clicked or tapped.
  constructor(svg, choose) {
    this.#svg = svg;
    svg.append(graticule(), outlines(land, 'land'), outlines(lakes, 'lake'), this.#dotLayer);
    svg.addEventListener('click', (event) => choose(this.#placeAt(event)));
    // Dots and lines keep their size on the screen, whatever the map's.
    new ResizeObserver(() => this.#measure()).observe(svg);
  }

  // Takes everybody who has a place: [{key, lat, lon, title, hue, own}].
  show(visitors) {
    const keys = new Set(visitors.map((visitor) => visitor.key));
    for (const [key, dot] of this.#dots) {
      if (keys.has(key)) continue;
      dot.remove();
      this.#dots.delete(key);
    }
    for (const visitor of visitors) this.#place(visitor);
  }

  #place({key, lat, lon, title, hue, own}) {
    const dot = this.#dots.get(key) ?? this.#addDot(key);
    dot.style.setProperty('--x', `${lon}px`);
    dot.style.setProperty('--y', `${-lat}px`);
    dot.style.setProperty('--hue', hue);
    dot.classList.toggle('own', own);
    setText(dot.querySelector('title'), title);
    // The own dot lies on top of those at the same place.
    if (own && dot !== this.#dotLayer.lastElementChild) this.#dotLayer.append(dot);
  }

  #addDot(key) {
    const halo = svgElement('circle', {class: 'halo', r: '13'});
    const point = svgElement('circle', {class: 'point', r: '5.5'});
    const dot = svgElement('g', {class: 'dot'}, svgElement('title'), halo, point);
    this.#dots.set(key, dot);
    this.#dotLayer.append(dot);
    return dot;
  }

  #placeAt(event) {
    const point = new DOMPoint(event.clientX, event.clientY);
    const {x, y} = point.matrixTransform(this.#svg.getScreenCTM().inverse());
    return {lat: -y, lon: x};
  }

  #measure() {
    const {width} = this.#svg.getBoundingClientRect();
    if (width > 0) this.#svg.style.setProperty('--pixel', 360 / width);
  }
}

function graticule() {
  const step = graticuleDegrees;
  const lines = [];
  for (let lon = -180 + step; lon < 180; lon += step) lines.push(`M${lon},-90V90`);
  for (let lat = -90 + step; lat < 90; lat += step) lines.push(`M-180,${lat}H180`);
  return svgElement('path', {class: 'graticule', d: lines.join('')});
}

function outlines(shapes, className) {
  const polygons = Object.values(shapes).map((points) => svgElement('polygon', {points}));
  return svgElement('g', {class: className, transform: 'scale(1 -1)'}, ...polygons);
}
