// The service of the cases, from the project's own file.
'use strict';
const path = require('node:path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const file = path.join(__dirname, '..', '..', 'Protos', 'interop.proto');
exports.testing = grpc.loadPackageDefinition(loader.loadSync(file, { keepCase: true, defaults: true })).grpc.testing;
