import loqui from './index.js';

export const {
  Loqui,
  Sample,
  Generation,
  Speech,
  generateSpeech,
  readScript,
  setLogger,
  webhooks,
  LoquiError,
  InvalidInputError,
  AuthenticationError,
  PaymentError,
  RateLimitError,
  NetworkError,
  ProviderError,
  NotFoundError,
  GenerationCancelledError,
  DeadlineError,
  StorageError,
  InternalError,
} = loqui;
