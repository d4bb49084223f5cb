import * as pulumi from "@pulumi/pulumi";

/** Options of a resource that holds data which cannot be created again. */
export interface DataProtection {
  /** Refuse to delete or replace the resource. */
  readonly protect: boolean;
}

/**
 * Base of every component. The signature leaves no way to pass options as args, and nothing of the args reaches the
 * state.
 */
export abstract class SpaceliftComponent extends pulumi.ComponentResource {
  private readonly logicalName: string;

  /**
   * @param type the type token, `spacelift:<folder>:<Class>`: part of every URN below, and so public
   * @param name the logical name, which prefixes those of all children
   */
  protected constructor(type: string, name: string, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    this.logicalName = name;
  }

  /** The logical name of a child: `child("password")` of `storage` is `storage-password`. */
  protected child(role: string): string {
    return `${this.logicalName}-${role}`;
  }
}

/** `runLogs` → `run-logs`: logical names and Kubernetes names are kebab-case. */
export const kebabCase = (camelCase: string): string =>
  camelCase.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
