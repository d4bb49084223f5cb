/** The last part of the name of a stack: with Pulumi Cloud, `organisation/project/stack` stands in `Pulumi.stack.yaml`. */
export const shortStackName = (stack: string): string => stack.slice(stack.lastIndexOf("/") + 1);
