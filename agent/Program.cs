using Agent.Cli;

return await CommandLine.RunAsync(args);
