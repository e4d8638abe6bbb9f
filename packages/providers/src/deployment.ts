/** Where a model is served: anything that speaks the OpenAI API under `baseUrl`. */
export interface Deployment {
  id: string;
  /** `https://host/v1`; a query string is kept and sent with every call. */
  baseUrl: string;
  /** The model's name there. */
  upstreamModel: string;
  /** In plain text; null = the endpoint asks for none. */
  apiKey: string | null;
  /** Header that carries the bare key; null = `Authorization: Bearer <key>`. */
  authHeader: string | null;
}
