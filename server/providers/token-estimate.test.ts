import { expect, test } from "vitest";
import { estimateMessageTokens, estimateRequestTokens, estimateTokens } from "./token-estimate.ts";

// Counted with OpenAI's o200k and cl100k.
test.each([
  ["English", "The gateway speaks plain HTTP; a reverse proxy has the certificate. Streams need no buffering off.", 19, 19],
  ["Chinese", "网关只说普通的超文本传输协议，证书由反向代理保管。", 17, 27],
  ["Japanese", "ゲートウェイは平文で話し、証明書はリバースプロキシが持っています。", 19, 30],
  ["Korean", "게이트웨이는 평문으로 통신하고 인증서는 역방향 프록시가 가지고 있습니다.", 24, 41],
  ["code", "for (const event of events) if (event.type === 'text') output.push(event);", 16, 16],
])("the estimate of %s is near what tokenizers count", (_, text, fewest, most) => {
  expect(estimateTokens(text)).toBeGreaterThan(fewest * 0.7);
  expect(estimateTokens(text)).toBeLessThan(most * 1.4);
});

test("a request's tokens are those of its messages, calls, images and tools", () => {
  const call = { id: "c", name: "read", arguments: '{"path":"a"}' };
  const messages = [
    { role: "user", content: [{ type: "text", text: "What is it?" }, { type: "image", url: "https://example.com/a.png" }] },
    { role: "assistant", content: "", toolCalls: [call] },
  ] as const;
  const [asked, called] = messages.map(estimateMessageTokens);
  expect(asked! - estimateTokens("What is it?")).toBeGreaterThan(80);
  expect(called).toBeGreaterThan(estimateTokens(call.arguments));
  const tool = { name: "read", inputSchema: { type: "object" } };
  expect(estimateRequestTokens({ messages, tools: [tool] })).toBe(Math.ceil(asked! + called! + estimateTokens(JSON.stringify(tool))));
});
