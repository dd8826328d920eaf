using System.Net;
using System.Text;
using System.Text.Json;

namespace Agent.EndToEnd.Web;

/// <summary>Another repository, which answers every question with the same sentence.</summary>
internal sealed class RefusingAgent : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly byte[] _answer;

    public RefusingAgent(string sentence)
    {
        _answer = Encoding.UTF8.GetBytes($$"""{"success":false,"error":{{JsonSerializer.Serialize(sentence)}},"code":"parameter_invalid"}""");
        Url = Listen();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    public void Dispose() => _listener.Close();

    private Uri Listen()
    {
        while (true)
        {
            var url = $"http://127.0.0.1:{Random.Shared.Next(20_000, 32_000)}/";
            try
            {
                _listener.Prefixes.Add(url);
                _listener.Start();
                return new Uri(url);
            }
            catch (HttpListenerException)
            {
                // Somebody has that port: another one.
                _listener.Prefixes.Clear();
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                context.Response.StatusCode = (int)HttpStatusCode.BadRequest;
                context.Response.ContentType = "application/json";
                context.Response.Close(_answer, willBlock: false);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }
}
