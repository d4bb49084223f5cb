import * as pulumi from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random";

const count = new pulumi.Config().requireNumber("resources");
for (let index = 0; index < count; index++) new RandomBytes(`resource-${index}`, { length: 16 });
