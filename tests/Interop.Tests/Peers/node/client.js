// Runs one interoperability case against a server: node client.js host:port case
'use strict';
const assert = require('node:assert/strict');
const grpc = require('@grpc/grpc-js');
const { testing } = require('./messages.js');

const [address, name] = process.argv.slice(2);
const client = new testing.TestService(address, grpc.credentials.createInsecure());
const zeros = size => ({ body: Buffer.alloc(size) });
const wanted = (payload, ...sizes) => ({ payload: zeros(payload), response_parameters: sizes.map(size => ({ size })) });
const initialKey = 'x-grpc-test-echo-initial';
const trailingKey = 'x-grpc-test-echo-trailing-bin';

// A unary call as what happened to it: the response or the error, the headers, the status with its trailers.
function unary(method, request, metadata = new grpc.Metadata()) {
  return new Promise(resolve => {
    const seen = {};
    const settle = () => 'answered' in seen && seen.status && resolve(seen);
    const call = client[method](request, metadata, (error, response) => { seen.answered = true; seen.error = error; seen.response = response; settle(); });
    call.on('metadata', headers => { seen.headers = headers; });
    call.on('status', status => { seen.status = status; settle(); });
  });
}

// Reads a stream to its end; `each` sees every message as it comes.
function stream(call, each = () => { }) {
  return new Promise(resolve => {
    const seen = { messages: [] };
    call.on('metadata', headers => { seen.headers = headers; });
    call.on('data', message => { seen.messages.push(message); each(seen.messages.length); });
    call.on('error', () => { });
    call.on('status', status => { seen.status = status; resolve(seen); });
  });
}

function echoes(seen) {
  assert.deepEqual(seen.headers.get(initialKey), ['test_initial_metadata_value']);
  assert.deepEqual(seen.status.metadata.get(trailingKey), [Buffer.from([0xab, 0xab, 0xab])]);
}

async function unimplemented(service) {
  const other = new service(address, grpc.credentials.createInsecure());
  const error = await new Promise(resolve => other.UnimplementedCall({}, resolve));
  assert.equal(error.code, grpc.status.UNIMPLEMENTED);
}

const cases = {
  async empty_unary() {
    const { error, response } = await unary('EmptyCall', {});
    assert.equal(error, null);
    assert.deepEqual(response, {});
  },

  async large_unary() {
    const { error, response } = await unary('UnaryCall', { response_size: 314159, payload: zeros(271828) });
    assert.equal(error, null);
    assert.deepEqual(response.payload.body, Buffer.alloc(314159));
  },

  async client_streaming() {
    const sum = await new Promise((resolve, reject) => {
      const call = client.StreamingInputCall((error, response) => error ? reject(error) : resolve(response.aggregated_payload_size));
      for (const size of [27182, 8, 1828, 45904]) call.write({ payload: zeros(size) });
      call.end();
    });
    assert.equal(sum, 74922);
  },

  async server_streaming() {
    const { messages, status } = await stream(client.StreamingOutputCall(wanted(0, 31415, 9, 2653, 58979)));
    assert.equal(status.code, grpc.status.OK);
    assert.deepEqual(messages.map(message => message.payload.body.length), [31415, 9, 2653, 58979]);
  },

  async ping_pong() {
    const rounds = [[27182, 31415], [8, 9], [1828, 2653], [45904, 58979]];
    const call = client.FullDuplexCall();
    const next = count => count < rounds.length ? call.write(wanted(...rounds[count])) : call.end();
    const ended = stream(call, next);
    next(0);
    const { messages, status } = await ended;
    assert.equal(status.code, grpc.status.OK);
    assert.deepEqual(messages.map(message => message.payload.body.length), rounds.map(([, answer]) => answer));
  },

  async empty_stream() {
    const call = client.FullDuplexCall();
    call.end();
    const { messages, status } = await stream(call);
    assert.equal(status.code, grpc.status.OK);
    assert.deepEqual(messages, []);
  },

  async cancel_after_begin() {
    const error = await new Promise(resolve => client.StreamingInputCall(resolve).cancel());
    assert.equal(error.code, grpc.status.CANCELLED);
  },

  async cancel_after_first_response() {
    const call = client.FullDuplexCall();
    call.write(wanted(27182, 31415));
    const { messages, status } = await stream(call, () => call.cancel());
    assert.equal(messages.length, 1);
    assert.equal(status.code, grpc.status.CANCELLED);
  },

  async timeout_on_sleeping_server() {
    const call = client.FullDuplexCall({ deadline: Date.now() + 1 });
    const ended = stream(call);
    call.write(wanted(27182));
    assert.equal((await ended).status.code, grpc.status.DEADLINE_EXCEEDED);
  },

  async custom_metadata() {
    const metadata = new grpc.Metadata();
    metadata.set(initialKey, 'test_initial_metadata_value');
    metadata.set(trailingKey, Buffer.from([0xab, 0xab, 0xab]));
    echoes(await unary('UnaryCall', { response_size: 314159, payload: zeros(271828) }, metadata));
    const call = client.FullDuplexCall(metadata);
    call.write(wanted(271828, 314159));
    call.end();
    echoes(await stream(call));
  },

  async status_code_and_message() {
    const response_status = { code: grpc.status.UNKNOWN, message: 'test status message' };
    const call = client.FullDuplexCall();
    const ended = stream(call);
    call.write({ response_status });
    call.end();
    for (const { status } of [await unary('UnaryCall', { response_status }), await ended]) {
      assert.equal(status.code, response_status.code);
      assert.equal(status.details, response_status.message);
    }
  },

  async special_status_message() {
    const response_status = { code: grpc.status.UNKNOWN, message: '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n' };
    const { status } = await unary('UnaryCall', { response_status });
    assert.equal(status.code, response_status.code);
    assert.equal(status.details, response_status.message);
  },

  unimplemented_method: () => unimplemented(testing.TestService),
  unimplemented_service: () => unimplemented(testing.UnimplementedService),
};

cases[name]().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
