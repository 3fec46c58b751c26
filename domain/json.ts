/** A value that survives JSON unchanged. Everything that crosses a workflow, a record or a digest is one. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export type JsonObject = { readonly [key: string]: Json | undefined };
