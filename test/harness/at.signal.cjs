// Preloaded into the application by tests: at SIGUSR2 it does what AT_SIGUSR2 says, in JavaScript.
process.on('SIGUSR2', () => new Function(process.env.AT_SIGUSR2)());
