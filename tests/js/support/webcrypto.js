// Every browser has a global crypto; Node 18 keeps it in a module.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
