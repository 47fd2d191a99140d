// Serves the interoperability cases on a free port, says its address, and ends with its standard input.
'use strict';
const grpc = require('@grpc/grpc-js');
const { testing } = require('./messages.js');

const initialKey = 'x-grpc-test-echo-initial';
const trailingKey = 'x-grpc-test-echo-trailing-bin';
const zeros = size => ({ payload: { body: Buffer.alloc(size) } });

// Sends the header back at once and returns the trailers to end with.
function echo(call) {
  const headers = new grpc.Metadata();
  call.metadata.get(initialKey).forEach(value => headers.add(initialKey, value));
  call.sendMetadata(headers);
  const trailers = new grpc.Metadata();
  call.metadata.get(trailingKey).forEach(value => trailers.add(trailingKey, value));
  return trailers;
}

function refusal({ response_status: wanted }) {
  return wanted?.code ? { code: wanted.code, details: wanted.message } : null;
}

const server = new grpc.Server();
server.addService(testing.TestService.service, {
  EmptyCall: (_, callback) => callback(null, {}),

  UnaryCall(call, callback) {
    const trailers = echo(call);
    callback(refusal(call.request), zeros(call.request.response_size), trailers);
  },

  StreamingInputCall(call, callback) {
    let sum = 0;
    call.on('data', request => { sum += request.payload.body.length; });
    call.on('end', () => callback(null, { aggregated_payload_size: sum }));
  },

  StreamingOutputCall(call) {
    for (const { size } of call.request.response_parameters) call.write(zeros(size));
    call.end();
  },

  FullDuplexCall(call) {
    const trailers = echo(call);
    call.on('data', request => {
      const error = refusal(request);
      if (error) {
        call.emit('error', error);
        return;
      }
      for (const { size } of request.response_parameters) call.write(zeros(size));
    });
    call.on('end', () => call.end(trailers));
  },
});

server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`127.0.0.1:${port}`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
