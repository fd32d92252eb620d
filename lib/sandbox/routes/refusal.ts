/** Thrown while a request is worked on and caught by the router, which answers with `response`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(readonly response: Response) {
    super(`Refused with ${response.status}`);
  }
}
