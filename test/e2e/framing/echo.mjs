// Node's HTTP server, which tells on standard output what it took for a request: its port first, then one JSON document a line.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const digest = createHash("sha256");
  let length = 0;
  request.on("data", (piece) => {
    digest.update(piece);
    length += piece.length;
  });
  request.on("end", () => {
    const told = { method: request.method, target: request.url, body: digest.digest("hex"), length, fields: request.headers };
    process.stdout.write(JSON.stringify(told) + "\n");
    response.writeHead(200, { "Content-Type": "application/json" });
    response.end('{"ok":true}');
  });
});
server.on("clientError", (error, socket) => {
  // A connection that was cut off in the middle is no request; anything else is one that this parser did not like.
  if (error.code !== "ECONNRESET" && error.code !== "HPE_INVALID_EOF_STATE") process.stdout.write('{"refused":true}\n');
  socket.destroy();
});
server.maxRequestsPerSocket = 0;
server.listen(Number(process.argv[2]), "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
