'use strict';

class LoquiError extends Error {
  constructor(message, { code = 'internal', hint, retryable = false, generationId, requestId, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.retryable = retryable;
    this.generationId = generationId;
    this.requestId = requestId;
  }

  get name() {
    return this.constructor.name;
  }
}

class InvalidInputError extends LoquiError {}
class AuthenticationError extends LoquiError {}
class PaymentError extends LoquiError {}
class RateLimitError extends LoquiError {}
class NetworkError extends LoquiError {}
class ProviderError extends LoquiError {}
class NotFoundError extends LoquiError {}
class GenerationCancelledError extends LoquiError {}
class DeadlineError extends LoquiError {}
class StorageError extends LoquiError {}
class InternalError extends LoquiError {}

const byKind = {
  invalid_input: InvalidInputError,
  authentication: AuthenticationError,
  payment: PaymentError,
  rate_limited: RateLimitError,
  network: NetworkError,
  provider: ProviderError,
  not_found: NotFoundError,
  cancelled: GenerationCancelledError,
  deadline: DeadlineError,
  storage: StorageError,
  internal: InternalError,
};

const isFailure = (value) =>
  value !== null && typeof value === 'object' && typeof value.kind === 'string' && typeof value.code === 'string';

/** Converts an error of napi: a refused argument to a `TypeError`, a panic to an `InternalError`. */
function converted(cause) {
  if (cause?.code === 'InvalidArg') return new TypeError(cause.message, { cause });
  if (cause?.code === 'GenericFailure') return new InternalError(cause.message, { cause });
  return cause;
}

/** Returns the result of a native call, or throws its failure as the right class. */
function unwrap(value) {
  if (value instanceof Error) throw converted(value); // what napi makes of the `Err` of a type alias
  if (!isFailure(value)) return value;
  const Class = byKind[value.kind] ?? LoquiError;
  const { message, cause, ...fields } = value;
  throw new Class(message, { ...fields, cause: cause === undefined ? undefined : new Error(cause) });
}

/** Awaits a native call and unwraps its result. A panic becomes an `InternalError`. */
async function settle(call) {
  let value;
  try {
    value = await call;
  } catch (cause) {
    throw converted(cause);
  }
  return unwrap(value);
}

const classes = { LoquiError, ...Object.fromEntries(Object.values(byKind).map((Class) => [Class.name, Class])) };

module.exports = { classes, settle, unwrap };
