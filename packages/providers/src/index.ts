export { AnswerMeter, type Metered, type MeterOptions } from './answer-meter.js';
export { askWithRetries, type RetryOptions } from './ask-with-retries.js';
export type { ChatMessage, ChatRequest } from './chat-request.js';
export type { Deployment } from './deployment.js';
export { checkEndpointUrl, type EndpointRefused, type GuardOptions } from './endpoint-guard.js';
export { statusFailure } from './failed-answer.js';
export { editMembers, type MemberEdits } from './json-members.js';
export { ProviderError, type ProviderFailure } from './provider-error.js';
export {
  ProviderNetwork,
  type ProviderNetworkOptions,
  type ProviderRequest,
  type ProviderResponse,
} from './provider-network.js';
export type { ChatReply } from './reply-reader.js';
export { SecretBox, type SecretKeys } from './secret-box.js';
export type { TokenUsage } from './token-usage.js';
export { streamChat } from './stream-chat.js';
export type { DeadlineOptions } from './with-deadline.js';
