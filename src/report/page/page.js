// Shows what labday wrote: runs, each of sections, each of blocks. It knows nothing of what they mean. Text becomes text
// nodes, charts are Vega-Lite specs with their data, and nothing is fetched.
import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';
import { Handler } from 'vega-tooltip';

const page = JSON.parse(document.getElementById('data').textContent);
const tooltip = new Handler({ disableDefaultStyle: true, theme: 'page', offsetX: 12, offsetY: 12 });

/// Where there is room on neither side of the pointer, as on a phone, it would begin beyond the edge.
function showTooltip(handler, event, item, value) {
  tooltip.call(handler, event, item, value);
  const shown = document.getElementById('vg-tooltip-element');
  const beyond = shown === null ? 0 : shown.getBoundingClientRect().left;
  if (beyond < 0) shown.style.left = `${parseFloat(shown.style.left) - beyond}px`;
}
const announcement = document.getElementById('announcement');

/// Colours are variables of page.css, so that light and dark need no second drawing.
const config = {
  background: 'transparent',
  // By name, as Vega measures text with it before it is drawn.
  font: getComputedStyle(document.body).fontFamily,
  view: { stroke: null },
  axis: {
    labelColor: 'var(--ink)',
    titleColor: 'var(--faded)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    gridColor: 'var(--grid)',
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelOverlap: true,
  },
  text: { color: 'var(--ink)', fontSize: 12 },
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null));
  return made;
}

let names = 0;
const fresh = (word) => `${word}-${(names += 1)}`;

/// Rows are written without the names of their columns.
function rowsOf({ columns, rows }) {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

// ---- Charts

let views = [];

async function draw(figure, block) {
  const place = figure.querySelector('.chart');
  const datasets = Object.fromEntries(Object.entries(block.data).map(([name, table]) => [name, rowsOf(table)]));
  try {
    const { spec } = compile({ ...block.spec, datasets }, { config });
    const view = new View(parse(spec, null, { ast: true }), {
      expr: expressionInterpreter,
      renderer: 'svg',
      container: place,
      hover: true,
      tooltip: showTooltip,
    });
    views.push(view);
    await view.runAsync();
    figure.dataset.drawn = 'yes';
  } catch (error) {
    figure.dataset.drawn = 'failed';
    place.replaceChildren(element('p', { class: 'note' }, `This chart could not be drawn: ${error.message}`));
    console.error(error);
  }
}

/// Charts are drawn when they are about to be seen: a chart that is hidden has no width, and a long page many of them.
const blocksOfFigures = new WeakMap();
const watcher = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      watcher.unobserve(target);
      draw(target, blocksOfFigures.get(target));
    }
  },
  { rootMargin: '600px' },
);
addEventListener('beforeprint', () => {
  for (const figure of document.querySelectorAll('figure:not([data-drawn])')) {
    watcher.unobserve(figure);
    draw(figure, blocksOfFigures.get(figure));
  }
});

/// Axes are groups of their own role, and have no tooltip.
const marksOf = (place) => [...place.querySelectorAll('svg [role="graphics-symbol"][aria-label]:not(g)')];

function pointAt(mark) {
  const box = mark.getBoundingClientRect();
  return { bubbles: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
}

function leave(place) {
  const mark = place.querySelector('.current');
  if (!mark) return;
  mark.classList.remove('current');
  for (const type of ['pointerout', 'mouseout']) mark.dispatchEvent(new PointerEvent(type, pointAt(mark)));
}

/// The arrows go from mark to mark; each shows what the pointer would, and is read out.
function step(event) {
  const place = event.currentTarget;
  if (event.key === 'Escape') return leave(place);
  const ways = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
  if (!(event.key in ways) && event.key !== 'Home' && event.key !== 'End') return;
  const marks = marksOf(place);
  if (marks.length === 0) return;
  event.preventDefault();
  const now = marks.findIndex((mark) => mark.classList.contains('current'));
  let next = event.key === 'Home' ? 0 : marks.length - 1;
  if (event.key in ways) {
    const way = ways[event.key];
    next = now < 0 ? (way > 0 ? 0 : marks.length - 1) : Math.min(Math.max(now + way, 0), marks.length - 1);
  }
  leave(place);
  const mark = marks[next];
  mark.classList.add('current');
  for (const type of ['pointermove', 'mousemove']) mark.dispatchEvent(new PointerEvent(type, pointAt(mark)));
  announcement.textContent = `${next + 1} of ${marks.length}: ${mark.getAttribute('aria-label')}`;
}

function legend(entries) {
  if (!entries) return undefined;
  const items = entries.map(([label, colour]) => {
    const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' });
    swatch.style.background = colour;
    return element('li', {}, swatch, label);
  });
  return element('ul', { class: 'legend', 'aria-label': 'Colours' }, ...items);
}

function chart(block) {
  const title = fresh('chart');
  const place = element('div', {
    class: 'chart',
    tabindex: '0',
    role: 'application',
    'aria-roledescription': 'chart',
    'aria-labelledby': title,
    'aria-description': 'The arrow keys go from mark to mark.',
  });
  place.addEventListener('keydown', step);
  place.addEventListener('blur', () => leave(place));
  const figure = element(
    'figure',
    { 'aria-labelledby': title },
    element('figcaption', {}, element('strong', { id: title }, block.title), block.about ? ` ${block.about}` : ''),
    legend(block.legend),
    place,
    block.table && element('details', {}, element('summary', {}, 'As a table'), table(block.table)),
  );
  blocksOfFigures.set(figure, block);
  watcher.observe(figure);
  return figure;
}

// ---- Everything else

function table({ caption, columns, rows }) {
  const cell = (tag, column, text, scope) => element(tag, { class: column.align, scope }, text);
  const made = element(
    'table',
    {},
    caption && element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...columns.map((column) => cell('th', column, column.title, 'col')))),
    element(
      'tbody',
      {},
      ...rows.map((row) =>
        element(
          'tr',
          {},
          ...row.map((text, i) => (i === 0 ? cell('th', columns[i], text, 'row') : cell('td', columns[i], text))),
        ),
      ),
    ),
  );
  return element('div', { class: 'wide', tabindex: '0', role: 'region', 'aria-label': caption || 'Table' }, made);
}

/// One of several, chosen with a list that the keyboard works on as well.
function choice({ label, options, chosen = 0 }) {
  const id = fresh('choice');
  const select = element(
    'select',
    { id },
    ...options.map((option, i) => element('option', { value: i }, option.label)),
  );
  select.value = String(chosen);
  const panel = element('div', { class: 'panel' });
  const show = () => panel.replaceChildren(...options[Number(select.value)].blocks.map(block));
  select.addEventListener('change', show);
  show();
  return element('div', { class: 'choice' }, element('label', { for: id }, label, ' '), select, panel);
}

const kinds = {
  chart,
  table,
  choice,
  text: ({ text, look }) => element('p', { class: look }, text),
  legend: (content) => legend(content.legend),
  items: ({ items }) => element('ul', { class: 'items' }, ...items.map((text) => element('li', {}, text))),
  lines: ({ text }) => element('pre', { class: 'wide', tabindex: '0' }, text),
  facts: ({ facts }) =>
    element('dl', {}, ...facts.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)])),
  findings: ({ findings }) =>
    element(
      'ul',
      { class: 'findings' },
      ...findings.map(({ title, figure, text, remedy }) =>
        element(
          'li',
          {},
          element('h3', {}, title),
          element('p', { class: 'figure' }, figure),
          element('p', {}, text),
          element('p', { class: 'remedy' }, remedy),
        ),
      ),
    ),
};

function block(content) {
  return kinds[content.kind](content);
}

function show(index) {
  const run = page.runs[index];
  for (const view of views) view.finalize();
  views = [];
  watcher.disconnect();
  announcement.textContent = '';
  document.title = `${run.label} - labday`;
  const all = [...run.sections, ...page.common];
  const sections = all.map((section) => {
    const id = fresh('section');
    return element(
      'section',
      { 'aria-labelledby': id, id: section.id },
      element('h2', { id }, section.title),
      ...section.blocks.map(block),
    );
  });
  const links = all.map((section) =>
    element('li', {}, element('a', { href: `#${section.id}` }, section.title)),
  );
  document.getElementById('headline').replaceChildren(
    element('h1', {}, run.label),
    ...run.summary.map(block),
    element('nav', { 'aria-label': 'Sections' }, element('ul', {}, ...links)),
  );
  document.getElementById('sections').replaceChildren(...sections);
}

function begin() {
  const top = element('div', { class: 'bar' }, element('p', { class: 'brand' }, 'labday'));
  if (page.runs.length > 1) {
    const select = element(
      'select',
      { id: 'run' },
      ...page.runs.map((run, i) => element('option', { value: i }, run.label)),
    );
    select.value = String(page.shown);
    select.addEventListener('change', () => show(Number(select.value)));
    top.append(element('div', { class: 'run' }, element('label', { for: 'run' }, 'Run '), select));
  }
  document
    .getElementById('top')
    .replaceChildren(top, ...page.notes.map((text) => element('p', { class: 'note' }, text)), element('div', { id: 'headline' }));
  document.body.append(element('footer', {}, page.made));
  show(page.shown);
  // The sections were not there when the browser looked for the one that the address names.
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

begin();
