"""The Node reference: started as Parley is, it becomes `node server.mjs` with the same flags."""
