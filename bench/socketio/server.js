// The peer of the live bench: socket.io as its documentation shows it, websocket transport, no compression.
const { readFileSync } = require("node:fs");
const { createServer } = require("node:http");
const { createInterface } = require("node:readline");
const { Server } = require("socket.io");

const [port, file] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, pingInterval: 60_000 });
http.listen(Number(port), "127.0.0.1", () => console.log("open"));
createInterface({ input: process.stdin }).on("line", (line) => {
  const board = JSON.parse(text.replace(/@@\d{6}@@/, `@@${line.padStart(6, "0")}@@`));
  const begun = process.hrtime.bigint();
  io.emit("board", board);
  console.log(`S ${line} ${begun}`);
});
