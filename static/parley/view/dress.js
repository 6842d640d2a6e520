// Gives a shadow root its styles.

/** One sheet for all rooms of the page. */
const sheets = new Map();

/** A constructed sheet is no inline style: it works where the page's CSP forbids those. */
export function dress(root, styles) {
  try {
    const worn = root.adoptedStyleSheets;
    const sheet = sheetOf(styles);
    if (!worn.includes(sheet)) root.adoptedStyleSheets = [...worn, sheet];
  } catch {
    // Browsers of before 2023 cannot construct one.
    const style = document.createElement('style');
    style.textContent = styles;
    root.append(style);
  }
}

function sheetOf(styles) {
  if (!sheets.has(styles)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    sheets.set(styles, sheet);
  }
  return sheets.get(styles);
}
