import { createRequire } from 'node:module';

// The client's own generated messages: CommonJS with exports made at run time, which cannot be imported by name.
const require = createRequire(import.meta.url);
const generated = '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/';

type Streams = typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js');
type StreamsGrpc = typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb.js');
type Shared = typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js');
type Status = typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js');
type Features = typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb.js');
type FeaturesGrpc =
  typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb.js');
type Gossip = typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js');
type GossipGrpc = typeof import('@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_grpc_pb.js');

export const grpc: typeof import('@grpc/grpc-js') = require('@grpc/grpc-js');
export const streams: Streams = require(`${generated}streams_pb.js`);
export const { StreamsService }: StreamsGrpc = require(`${generated}streams_grpc_pb.js`);
export const shared: Shared = require(`${generated}shared_pb.js`);
export const { Status: RpcStatus }: Status = require(`${generated}status_pb.js`);
export const features: Features = require(`${generated}serverfeatures_pb.js`);
export const { ServerFeaturesService }: FeaturesGrpc = require(`${generated}serverfeatures_grpc_pb.js`);
export const gossip: Gossip = require(`${generated}gossip_pb.js`);
export const { GossipService }: GossipGrpc = require(`${generated}gossip_grpc_pb.js`);
export const {
  Any,
}: typeof import('google-protobuf/google/protobuf/any_pb.js') = require('google-protobuf/google/protobuf/any_pb.js');
export const {
  Empty: WellKnownEmpty,
}: typeof import('google-protobuf/google/protobuf/empty_pb.js') = require('google-protobuf/google/protobuf/empty_pb.js');
export const {
  Timestamp,
}: typeof import('google-protobuf/google/protobuf/timestamp_pb.js') = require('google-protobuf/google/protobuf/timestamp_pb.js');
