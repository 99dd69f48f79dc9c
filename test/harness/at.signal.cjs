// Preloaded into the application by tests: at SIGUSR2 it runs the JavaScript in AT_SIGUSR2.
process.on('SIGUSR2', () => new Function(process.env.AT_SIGUSR2)());
