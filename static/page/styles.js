// The style sheet as text, which is what a widget in its shadow root wants.

export async function stylesOf() {
  const sheet = document.querySelector('link[href*="parley/parley.css"]').href;
  const response = await fetch(sheet);
  if (!response.ok) throw new Error(`no style sheet: ${response.status}`);
  return response.text();
}
