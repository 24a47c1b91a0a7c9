// A blob endpoint that accepts staged blocks and their commit at full speed and keeps nothing: it takes the emulator, which parses and stores every block in JavaScript, out of the way.
// Prints its port, then for every commit the bytes that were staged for it.
import { createServer } from 'node:http';

let staged = 0;
const server = createServer((request, response) => {
  request.on('data', chunk => { if (request.url.includes('comp=block&')) staged += chunk.length; });
  request.on('end', () => {
    const head = { 'x-ms-request-id': '1', 'x-ms-version': '2021-12-02', ETag: '"1"', 'Last-Modified': new Date().toUTCString(), 'Content-Length': '0' };
    if (request.method === 'PUT') {
      if (request.url.includes('comp=blocklist')) {
        console.log(staged);
        staged = 0;
      }
      response.writeHead(201, { ...head, 'x-ms-request-server-encrypted': 'true' }).end();
    } else {
      response.writeHead(404, { ...head, 'x-ms-error-code': 'BlobNotFound' }).end();
    }
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
