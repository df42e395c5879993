"use strict";
// Sorts, filters and pages the tables of a report, says what scrolls, and copies commands. Without
// it the page is whole but for the rows that HtmlTable keeps as data.

const pageSize = 200;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// What a cell is sorted by: a number, a verdict's place, or its text. NaN is as bad as infinity;
// nothing sorts last, always.
function sortKey(text, kind, order) {
  if (text === "") return null;
  if (kind === "verdict") return order.indexOf(text);
  if (kind !== "number") return text;
  if (text === "nan") return Infinity;
  const value = Number(text.replace("inf", "Infinity"));
  return Number.isNaN(value) ? null : value;
}

function comparison(kind) {
  const collator = new Intl.Collator("en", { numeric: true });
  if (kind === "number" || kind === "verdict") return (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return collator.compare;
}

class Table {
  constructor(table) {
    this.table = table;
    this.body = table.tBodies[0];
    this.heads = [...table.tHead.rows[0].cells];
    this.kinds = this.heads.map((head) => head.className);
    this.order = table.dataset.order.split(" ");
    this.rows = [...this.body.rows].map((row) => ({
      row,
      texts: [...row.cells].map((cell) => cell.textContent),
    }));
    const more = document.querySelector(`script[data-rows-of="${table.id}"]`);
    for (const cells of more ? JSON.parse(more.textContent) : []) {
      const texts = cells.map((cell) => (Array.isArray(cell) ? cell[0] : cell));
      this.rows.push({ cells, texts });
    }
    this.shown = this.rows;
    this.page = 0;
    this.addButtons();
    this.addTools();
    this.show();
  }

  addButtons() {
    this.heads.forEach((head, column) => {
      const button = element("button", { type: "button", textContent: head.textContent });
      button.addEventListener("click", () => this.sort(column));
      head.replaceChildren(button);
    });
  }

  addTools() {
    this.status = element("span", { className: "status" });
    this.status.setAttribute("role", "status");
    const caption = this.table.caption.textContent;
    const tools = element("div", { className: "tools" });
    if (this.rows.length > 1) {
      this.filter = element("input", { type: "search", placeholder: "every word must occur" });
      this.filter.addEventListener("input", () => {
        clearTimeout(this.waiting);
        this.waiting = setTimeout(() => this.refilter(), 120);
      });
      tools.append(element("label", {}, "Filter ", this.filter));
      this.filter.setAttribute("aria-label", `Filter: ${caption}`);
      this.addVerdicts(tools, caption);
    }
    if (this.rows.length > pageSize) {
      const step = (by) => {
        this.page += by;
        this.show();
      };
      this.previous = element("button", { type: "button", textContent: "Previous" });
      this.next = element("button", { type: "button", textContent: "Next" });
      this.previous.addEventListener("click", () => step(-1));
      this.next.addEventListener("click", () => step(1));
      tools.append(this.previous, this.next);
    }
    tools.append(this.status);
    this.table.parentElement.before(tools);
  }

  addVerdicts(tools, caption) {
    const column = this.kinds.indexOf("verdict");
    if (column < 0) return;
    const present = new Set(this.rows.map(({ texts }) => texts[column]));
    this.choice = element("select", {}, element("option", { value: "", textContent: "any" }));
    for (const verdict of this.order)
      if (present.has(verdict)) this.choice.append(element("option", { textContent: verdict }));
    this.choice.setAttribute("aria-label", `Verdict: ${caption}`);
    this.choice.addEventListener("change", () => this.refilter());
    tools.append(element("label", {}, "Verdict ", this.choice));
  }

  refilter() {
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const column = this.kinds.indexOf("verdict");
    const verdict = this.choice ? this.choice.value : "";
    this.shown = this.rows.filter((row) => {
      if (verdict && row.texts[column] !== verdict) return false;
      row.all ??= row.texts.join("\n").toLowerCase();
      return words.every((word) => row.all.includes(word));
    });
    this.page = 0;
    this.show();
  }

  sort(column) {
    const head = this.heads[column];
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const each of this.heads) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const kind = this.kinds[column];
    const compare = comparison(kind);
    const keyed = this.rows.map((row) => [sortKey(row.texts[column], kind, this.order), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return down ? compare(b, a) : compare(a, b);
    });
    this.rows = keyed.map(([, row]) => row);
    if (this.filter) this.refilter();
    else {
      this.shown = this.rows;
      this.show();
    }
  }

  rowElement(entry) {
    if (entry.row) return entry.row;
    entry.row = element("tr");
    entry.cells.forEach((cell, column) => {
      const [text, link] = Array.isArray(cell) ? cell : [cell];
      let content = document.createTextNode(text);
      if (this.kinds[column] === "verdict" && text)
        content = element("span", { className: `badge ${text}` }, content);
      if (link) content = element("a", { href: link }, content);
      const title = this.kinds[column] === "brief" ? text : "";
      entry.row.append(element("td", { className: this.kinds[column], title }, content));
    });
    return entry.row;
  }

  show() {
    const first = this.page * pageSize;
    const end = Math.min(first + pageSize, this.shown.length);
    const rows = this.shown.slice(first, end).map((entry) => this.rowElement(entry));
    this.body.replaceChildren(...rows);
    const count = (n) => n.toLocaleString("en");
    const all = this.shown.length === this.rows.length ? "" : ` (of ${count(this.rows.length)})`;
    const range = end - first < this.shown.length ? `${count(first + 1)}–${count(end)} of ` : "";
    const noun = this.shown.length === 1 ? "row" : "rows";
    this.status.textContent = `${range}${count(this.shown.length)} ${noun}${all}`;
    if (!this.next) return;
    this.previous.disabled = this.page === 0;
    this.next.disabled = end >= this.shown.length;
  }
}

// The clipboard's interface is missing where a page has no secure origin; a selection always works.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", { value: text, className: "offscreen" });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

function addCopyButton(block) {
  const text = block.textContent;
  const button = element("button", { type: "button", className: "copy", textContent: "Copy" });
  button.setAttribute("aria-label", `Copy the command ${text}`);
  button.addEventListener("click", async () => {
    button.textContent = (await copy(text)) ? "Copied" : "Select it";
    setTimeout(() => (button.textContent = "Copy"), 1500);
    button.focus();
  });
  const line = element("div", { className: "command-line" });
  block.before(line);
  line.append(block, button);
}

// Says of a box that scrolls sideways where there is more of it; the style sheet fades that edge.
function addScrollHint(box) {
  const hint = element("span", { className: "hint" });
  const tools = box.previousElementSibling;
  if (tools && tools.className === "tools") tools.append(hint);
  else box.before(hint);
  const update = () => {
    const left = box.scrollLeft > 1;
    const right = box.scrollWidth - box.clientWidth - box.scrollLeft > 1;
    box.classList.toggle("more-left", left);
    box.classList.toggle("more-right", right);
    hint.textContent = right ? "Scrolls sideways: more →" : left ? "← Scrolls sideways" : "";
  };
  box.addEventListener("scroll", update, { passive: true });
  const sizes = new ResizeObserver(update);
  sizes.observe(box);
  sizes.observe(box.firstElementChild);
  update();
}

for (const table of document.querySelectorAll("table[data-order]")) new Table(table);
for (const block of document.querySelectorAll("pre.command")) addCopyButton(block);
for (const box of document.querySelectorAll(".scroll")) addScrollHint(box);
