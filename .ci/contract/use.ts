// What a front end writes against the generated types: it compiles only while the contract says enough.
import type { paths } from "./openapi-typescript";
import { submitCase, uploadPaper } from "./hey-api";

type Submit = paths["/api/v1/cases/{id}/actions/submit"]["post"];
type Submitted = Submit["responses"]["200"]["content"]["application/json"]["data"];

/** The version that the next step sends back is a number, the words for the person are text. */
export const next = (answer: Submitted): [number, string] => [answer.summary.version, answer.summary.state.label];

/** A page is a file, not text, and every write takes its key. */
export async function handIn(id: string, version: number, consent: string, page: Blob) {
  await uploadPaper({ path: { id }, body: { file: page, material: "admission_letter" }, headers: { "Idempotency-Key": crypto.randomUUID() } });
  const answer = await submitCase({ path: { id }, body: { version, consent }, headers: { "Idempotency-Key": crypto.randomUUID() } });
  return answer.data?.data.summary.state.value;
}

/** The states of a case are known to the compiler: one that does not exist is an error. */
export const completed = (answer: Submitted): boolean => answer.summary.state.value === "completed";
// @ts-expect-error: no case is ever in this state
export const impossible = (answer: Submitted): boolean => answer.summary.state.value === "no_such_state";
