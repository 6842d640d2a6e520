// Loads everything else. One file of many that does not arrive (the network changed just then) would
// leave an empty page: then the page is loaded again, a few times, before it says that it gives up.
const KEY = 'page/reloads';
const RELOADS = 3;
const WAIT = 1_000;

try {
  await import('./index.js');
  remember(0);
} catch (error) {
  console.error(error);
  const reloads = remembered();
  if (reloads < RELOADS && remember(reloads + 1)) setTimeout(() => window.location.reload(), WAIT * (reloads + 1));
  else document.getElementById('page-broken').hidden = false;
}

function remembered() {
  try {
    return Number(sessionStorage.getItem(KEY));
  } catch {
    return RELOADS;
  }
}

/** False where nothing can be remembered: then nothing would end the reloading. */
function remember(count) {
  try {
    if (count) sessionStorage.setItem(KEY, count);
    else sessionStorage.removeItem(KEY);
    return true;
  } catch {
    return false;
  }
}
