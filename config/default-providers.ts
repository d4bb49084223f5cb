/**
 * The engine's own setting that keeps it from making providers by itself: a resource that lost its provider on the way
 * must fail instead of acting on whatever cluster or cloud the machine is logged into.
 */
export const noDefaultProviders = {
  "pulumi:disable-default-providers": ["azure-native", "kubernetes", "minio", "docker"],
} as const;
