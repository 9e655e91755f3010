import aiSdk from './ai-sdk.js';

export const { createLoqui } = aiSdk;
