export { stackFileKey, type StackFileKey } from "./key";
export { readStackFile, type ReadStackFileOptions, type StackFileContent } from "./read";
export { shortStackName } from "./name";
export { writeStackFile, type WriteStackFileOptions } from "./write";
