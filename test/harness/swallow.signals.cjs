// Preloaded into the application by tests: it makes self-signals fail, as for process 1 of a container.
process.kill = () => true;
