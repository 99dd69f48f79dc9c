import { startServer } from './server.js';

// Serves until it is told to stop.
void startServer(process.argv[2] ?? 'express').then(({ url }) => console.log(`listening on ${new URL(url).port}`));
