import type { Problem } from "../../problems";
import type { AksSection } from "../settings";
import type { Rule } from "../../rules/rule";

/** A rule of the Azure target alone, given its section. */
export const aks =
  (rule: (section: AksSection, ...args: Parameters<Rule>) => readonly Problem[]): Rule =>
  (settings, secrets) =>
    settings.target === "aks" && settings.aks ? rule(settings.aks, settings, secrets) : [];

/** Whether the program makes the virtual network. */
export const makesNetwork = ({ network, cluster }: AksSection): boolean =>
  network.nodeSubnetId === undefined &&
  network.databaseSubnetId === undefined &&
  cluster.existingId === undefined;
