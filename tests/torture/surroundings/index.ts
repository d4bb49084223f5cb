import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { armWorld } from "../../../rehearsal/twins/azure/api/subscription";
import { subscriptionId } from "../../support/azure-configurations";
import { type Experiment, isWanted, type Outcome, type Trial } from "../experiment";
import { goodIdentity, startHostile } from "./hostile-server";
import { judge } from "./judge";
import type { Manner } from "./manner";
import { answerAzure, type Peer, peers } from "./peers";
import { Worker } from "./workers";

interface Encounter {
  readonly peer: Peer;
  readonly manner: Manner;
  readonly subject: string;
}

/** Waiting is most of what is done. */
const WORKERS = 3;
const SHORT_MS = 40_000;

const all: readonly Encounter[] = peers.flatMap((peer) =>
  peer.manners.map((manner) => ({ peer, manner, subject: `${peer.name} ${manner.name}` })),
);

/** A choice in another order, which follows from the seed. */
function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  let state = seed >>> 0;
  const keyed = items.map((item) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return { item, key: state };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** Peers that do to their clients what they should not. */
export const surroundings: Experiment = {
  title: "Hostile surroundings",
  method: [
    "A server on loopback stands for the registry, MinIO, the API server, Azure Resource Manager, Entra ID, Postgres or the",
    "installation itself, from the first contact on or after good answers. It says nothing, drips, breaks off, speaks something",
    "else, answers without end, sends elsewhere, asks for odd logins or cannot prove who it is. The checks before a deployment,",
    "the push, the status and the look at Helm's records meet it in a process of their own. Survived is what ends within the",
    "limit of its check (65 s at most) and 200 MB, leaves nothing open, names the peer and what is wrong with it, tells no",
    "secret, and sends no credential to another host or to one whose certificate does not hold.",
  ].join("\n"),
  async *run(trial) {
    const wanted = all.filter(({ subject }) => isWanted(trial, subject));
    yield* trial.scope === "whole"
      ? meetings(wanted, trial)
      : meetings(choice(wanted, trial), shortened(trial));
  },
};

// What waits for the limits of Azure's checks would be all that there is time for.
const choice = (encounters: readonly Encounter[], { seed }: Trial): readonly Encounter[] =>
  shuffled(encounters, seed).filter(({ manner, peer }) => manner.isSlow !== true || peer.client === "push");

function shortened(trial: Trial): Trial {
  const end = performance.now() + SHORT_MS;
  return { ...trial, isOver: () => trial.isOver() || performance.now() > end };
}

async function* meetings(encounters: readonly Encounter[], { isOver }: Trial): AsyncGenerator<Outcome> {
  const azure = await startAzure();
  const queue = [...encounters];
  const workers = Array.from({ length: Math.min(WORKERS, queue.length) }, () => new Worker());
  const done: Outcome[] = [];
  let wake = (): void => undefined;
  let running = workers.length;
  const run = async (worker: Worker): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !isOver(); next = queue.shift()) {
      done.push(await encounter(worker, next, azure.port));
      wake();
    }
  };
  const runs = workers.map((worker) =>
    run(worker).finally(() => {
      running -= 1;
      wake();
    }),
  );
  try {
    while (running > 0 || done.length > 0) {
      const outcome = done.shift();
      if (outcome) yield outcome;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    await Promise.all(runs);
  } finally {
    queue.length = 0;
    for (const worker of workers) worker.stop();
    await azure.stop();
  }
}

async function encounter(
  worker: Worker,
  { peer, manner, subject }: Encounter,
  azurePort: number,
): Promise<Outcome> {
  const server = await startHostile(manner, peer.answersWell());
  try {
    const plain = manner.toPlain === true;
    const met = await worker.meet({ client: peer.client, port: server.port, azurePort, plain });
    const failure = judge(peer, manner, met, server);
    return { kind: manner.kind, subject, ...(failure !== undefined && { failure }) };
  } finally {
    await server.stop();
  }
}

/** An Azure that answers well, to be logged in to. */
async function startAzure(): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const world = armWorld(subscriptionId);
  const server = createServer(goodIdentity, (request, response) => {
    const origin = `https://${request.headers.host ?? ""}`;
    answerAzure(world, origin, new URL(request.url ?? "/", origin), request, response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
