namespace SafeDb.PostgreSql.Schema.Parts;

/// <summary>Owners as objects of their own, so that a restore can leave them out.</summary>
internal static class OwnerParts
{
    private const uint OwnerClass = 20;

    /// <summary>The address of an object's owner statement: no catalogue has it.</summary>
    public static ObjectAddress AddressOf(ObjectAddress item) => new(OwnerClass + item.Class, item.Id);

    public static IEnumerable<CatalogObject> Of(IEnumerable<CatalogObject> objects) => objects
        .Where(item => item.Owner is not null && item.Spec is not null)
        .Select(item => new CatalogObject(AddressOf(item.Address), "owner", item.Key, $"ALTER {item.Spec} OWNER TO {SqlText.Identifier(item.Owner!)};") { Section = item.Section, Parent = item.Address });
}
