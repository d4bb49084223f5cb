/**
 * Properties that the provider's version of the interface has and the description does not, each with the reason.
 * By model, then by path without positions in lists.
 */
export const ALLOWED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  VirtualNetworkLink: {
    resolutionPolicy: "since 2024-06-01; the description is of 2020-06-01",
  },
};
