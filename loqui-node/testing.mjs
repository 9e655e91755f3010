import testing from './testing.js';

export const { Emulator, recording, useEmulator } = testing;
