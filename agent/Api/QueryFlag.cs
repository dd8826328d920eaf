namespace Agent.Api;

/// <summary>A parameter of the query that is true or false.</summary>
public static class QueryFlag
{
    /// <summary>Its value; false where it is not given.</summary>
    /// <exception cref="ApiException">It is neither.</exception>
    public static bool Of(HttpRequest request, string name) => request.Query[name].ToString() switch
    {
        "" or "false" => false,
        "true" => true,
        var other => throw new ApiException("parameter_invalid", $"{name} \"{other}\" is not known: give true or false."),
    };
}
