using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Agent.Api;

namespace Agent.Tests.Api.OpenApi;

/// <summary>What the sources say of types and properties, from the documentation file that the compiler writes.</summary>
internal sealed partial class XmlComments
{
    private readonly Dictionary<string, XElement> _members;

    public XmlComments()
    {
        var file = Path.ChangeExtension(typeof(ApiJson).Assembly.Location, ".xml");
        _members = XDocument.Load(file).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
    }

    public string? Of(Type type) => Text(_members.GetValueOrDefault($"T:{type.FullName}")?.Element("summary"));

    /// <summary>The summary of a property, or the parameter of the record that it comes from.</summary>
    public string? Of(MemberInfo property)
    {
        var declaring = property.DeclaringType!.FullName;
        var parameter = _members.GetValueOrDefault($"T:{declaring}")?.Elements("param").FirstOrDefault(param => param.Attribute("name")!.Value == property.Name);
        return Text(parameter ?? _members.GetValueOrDefault($"P:{declaring}.{property.Name}")?.Element("summary"));
    }

    private static string? Text(XElement? element) =>
        element is null ? null : Blanks().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => see.Attribute("cref")!.Value.Split('.')[^1],
        XElement other => other.Value,
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
