// What a person would see wrong with a page: parts that are cut, or lie on one another. Returns a line each.
const wrong = [];
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth > width) wrong.push(`the page is ${document.documentElement.scrollWidth} wide`);

// Labels that would overlap are made transparent.
const shown = (element) => element.checkVisibility({ checkOpacity: true }) && element.getBoundingClientRect().width > 0;
// In a part that scrolls sideways by itself, and that the keyboard can scroll, nothing is cut.
const scrolls = (element) => element.closest('.wide[tabindex="0"]');
const name = (element) => `<${element.tagName.toLowerCase()}> "${element.textContent.trim().slice(0, 40)}"`;

for (const element of document.querySelectorAll('h1, h2, h3, p, a, li, dt, dd, label, select, summary, figcaption, svg text')) {
  if (!shown(element) || scrolls(element) || element.closest('.skip')) continue;
  const box = element.getBoundingClientRect();
  if (box.left < -0.5 || box.right > width + 0.5) wrong.push(`${name(element)} is cut: ${box.left} to ${box.right}`);
  if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible') {
    wrong.push(`${name(element)} is wider than its place`);
  }
}

const overlap = (a, b) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;

// Texts within a chart.
for (const svg of document.querySelectorAll('.chart svg')) {
  const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent && shown(text));
  const boxes = texts.map((text) => text.getBoundingClientRect());
  const frame = svg.getBoundingClientRect();
  texts.forEach((text, i) => {
    if (boxes[i].bottom > frame.bottom + 1 || boxes[i].top < frame.top - 1) wrong.push(`${name(text)} leaves its chart`);
    for (let k = 0; k < i; k += 1) {
      if (overlap(boxes[i], boxes[k])) wrong.push(`${name(text)} lies on ${name(texts[k])}`);
    }
  });
}

// What stands side by side or below one another on the page.
const blocks = [...document.querySelectorAll('h1, h2, figcaption, .legend, .chart, details, p, dl, .wide, .findings li')].filter(
  (element) => shown(element) && !element.parentElement.closest('details, .wide, .findings li'),
);
const places = blocks.map((element) => element.getBoundingClientRect());
blocks.forEach((element, i) => {
  for (let k = 0; k < i; k += 1) {
    if (!blocks[k].contains(element) && overlap(places[i], places[k])) wrong.push(`${name(element)} lies on ${name(blocks[k])}`);
  }
});

// Text that cannot be told from what it stands on: contrast as WCAG 2 has it, at least 4.5 to 1.
const channels = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
const luminance = ([r, g, b]) => {
  const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
};
const paper = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const [r, g, b, a = 1] = channels(getComputedStyle(at).backgroundColor);
    if (a > 0.99) return [r, g, b];
  }
  return [255, 255, 255];
};
for (const element of document.querySelectorAll('h1, h2, h3, p, a, li, dt, dd, th, td, label, summary, figcaption, svg text')) {
  if (!shown(element) || element.closest('.skip')) continue;
  const style = getComputedStyle(element);
  const ink = channels(element.tagName === 'text' ? style.fill : style.color);
  const [light, dark] = [luminance(ink), luminance(paper(element))].sort((a, b) => b - a);
  const contrast = (light + 0.05) / (dark + 0.05);
  if (contrast < 4.5) wrong.push(`${name(element)} has a contrast of ${contrast.toFixed(2)}`);
}
return [...new Set(wrong)];
