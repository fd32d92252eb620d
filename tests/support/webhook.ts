import { type Answer, serveAnswers } from "./scripted_server.ts";

/** A chat on loopback that notes the texts it was sent; answers as `serveAnswers` does, by default well. */
export interface Chat extends AsyncDisposable {
  readonly url: string;
  readonly texts: string[];
}

export function serveChat(...answers: readonly Answer[]): Chat {
  const texts: string[] = [];
  const noting = (answers.length > 0 ? answers : [new Response("ok")]).map(
    (answer) => async (request: Request) => {
      const body: { text?: string } = await request.json();
      texts.push(body.text ?? "(no text)");
      return typeof answer === "function" ? await answer(request) : answer.clone();
    },
  );
  const { url, [Symbol.asyncDispose]: dispose } = serveAnswers(...noting);
  return { url, texts, [Symbol.asyncDispose]: dispose };
}

/** What a chat was sent, by its first line. */
export function headlines({ texts }: Chat): string[] {
  return texts.map((text) => text.split("\n")[0] ?? "");
}
