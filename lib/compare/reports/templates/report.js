"use strict";
const {lang} = document.documentElement;
const words = document.querySelector("main").dataset;
const UNITS = {万: 1e4, 亿: 1e8};
const NUMBER = /^(?:[a-z ]+ )?[^\w−-]{0,3}([−-]?\d+(?:\.\d+)?)(?:\s?(?:to|[–—~-])\s?[\d.]+)?([万亿]?)/;
const number = text => {
  const [, digits, unit] = text.replaceAll(",", "").match(NUMBER) ?? [];
  return digits ? digits.replace("−", "-") * (UNITS[unit] ?? 1) : NaN;
};
const plain = text => text.normalize("NFKC").toLowerCase();
const textOf = (row, column) => row.cells[column]?.textContent.trim() ?? "";

const sortable = (heads, body) => heads.forEach((head, column) => {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => {
    const down = head.ariaSort === "ascending";
    heads.forEach(other => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...body.rows].map(row => [row, textOf(row, column)]);
    const filled = rows.filter(([, text]) => text);
    const numeric = head.classList.contains("num") || filled.every(([, text]) => number(text) === number(text));
    const key = text => text && numeric ? number(text) : NaN;
    rows.sort(([, a], [, b]) => {
      const [x, y] = [key(a), key(b)];
      const empty = numeric ? isNaN(x) - isNaN(y) : !a - !b;
      const way = x - y || a.localeCompare(b, lang, {numeric: true});
      return empty || (down ? -way : way);
    });
    body.append(...rows.map(([row]) => row));
  });
});

const filterable = (table, body) => {
  const [line, label, field, count] = ["p", "label", "input", "span"].map(tag => document.createElement(tag));
  const rows = [...body.rows].map(row => [row, plain([...row.cells].map(cell => cell.textContent).join(" "))]);
  line.className = "filter";
  field.type = "search";
  field.ariaLabel = [words.filter, table.caption?.textContent].filter(Boolean).join(": ");
  label.append(words.filter, field);
  count.role = "status";
  line.append(label, count);
  const show = () => {
    const sought = plain(field.value).split(/\s+/);
    rows.forEach(([row, text]) => { row.hidden = !sought.every(word => text.includes(word)); });
    const left = rows.filter(([row]) => !row.hidden).length;
    count.textContent = words.count.replace("{n}", left).replace("{all}", rows.length);
  };
  field.addEventListener("input", show);
  show();
  (table.closest(".scroll") ?? table).before(line);
};

document.querySelectorAll("main table").forEach(table => {
  const body = table.tBodies[0];
  const heads = [...table.tHead?.rows[0]?.cells ?? []];
  if (!body) return;
  if (body.rows.length > 2) sortable(heads, body);
  if (body.rows.length > 7) filterable(table, body);
});
