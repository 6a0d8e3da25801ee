// What the official JavaScript client and the AI SDK make of the service, as one JSON object.
import { createOpenAI } from "@ai-sdk/openai";
import { generateText } from "ai";
import OpenAI from "openai";

const baseURL = `${process.argv[2]}/v1`;
const messages = [{ role: "user", content: "一照多址由谁牵头" }];
const client = new OpenAI({ baseURL, apiKey: "none" });

const whole = await client.chat.completions.create({ model: "wence", messages });
let streamed = "";
let annotations = [];
const stream = await client.chat.completions.create({ model: "wence", messages, stream: true });
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  annotations = chunk.choices[0]?.delta?.annotations ?? annotations;
}
const models = [];
for await (const model of client.models.list()) models.push(model.id);
const vectors = await client.embeddings.create({ model: "wence-query", input: "办税" });
const sdk = await generateText({ model: createOpenAI({ baseURL, apiKey: "none" }).chat("wence"), messages });

console.log(JSON.stringify({
  whole: whole.choices[0].message.content,
  streamed,
  annotations: annotations.length,
  models,
  dimension: vectors.data[0].embedding.length,
  length: Math.hypot(...vectors.data[0].embedding),
  sdk: sdk.text,
  sources: sdk.sources.map((source) => source.url),
}));
