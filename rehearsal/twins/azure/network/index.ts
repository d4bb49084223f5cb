import { natGateway } from "./nat-gateway";
import { publicIpAddress } from "./public-ip";
import { networkSecurityGroup } from "./security-group";
import { subnet } from "./subnet";
import { virtualNetwork } from "./virtual-network";

/** The types of Microsoft.Network, names aside. */
export const networkTypes = [virtualNetwork, subnet, networkSecurityGroup, publicIpAddress, natGateway];
