using System.CommandLine;
using Agent.Configuration;
using Agent.Hosting;
using Agent.Hosting.Reloading;

namespace Agent.Cli;

/// <summary><c>ogrepo-agent serve</c>: runs the agent.</summary>
internal static class ServeCommand
{
    /// <summary>Where the configuration is that nobody named.</summary>
    public const string DefaultConfiguration = ConfigurationFile.Default;

    public static Command Create()
    {
        var config = ConfigurationFile.Option();
        var images = new Option<string?>("--images") { Description = "Image directory, in place of repository.images.", HelpName = "DIR" };
        var state = new Option<string?>("--state") { Description = "State directory, in place of repository.state.", HelpName = "DIR" };
        var listen = new Option<string?>("--listen") { Description = "Address of the API, in place of server.listen.", HelpName = "HOST:PORT" };
        var command = new Command("serve", "Runs the agent until SIGTERM or Ctrl-C.") { config, images, state, listen };
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                var source = ConfigurationSource.Of(() =>
                    ConfigurationFile.Read(parsed.GetValue(config)).With(parsed.GetValue(images), parsed.GetValue(listen), parsed.GetValue(state)));
                return await ServeRunner.RunAsync(source, Console.Error, cancellation);
            }
            catch (ConfigurationException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return ExitCode.Usage;
            }
        });
        return command;
    }
}
