/** The version that the host states in `hello` and to gateways. */
export const HOST_VERSION = '0.1.0';
