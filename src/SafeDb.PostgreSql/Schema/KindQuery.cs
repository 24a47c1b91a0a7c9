using SafeDb.Schema;

namespace SafeDb.PostgreSql.Schema;

/// <summary>
/// One kind of object, read with one query for the whole database. The query gives <c>objid, identity, definition</c> and, when they apply, <c>subid</c>, <c>owner</c>, <c>spec</c>
/// (default: the kind in upper case and the identity; the empty text for none), <c>section</c> (<c>post</c> or <c>final</c>), <c>parent_class, parent_id</c>, <c>after</c> (text[] of <c>class:id</c>),
/// <c>placeholder, replacement</c> (see <see cref="ObjectShell"/>).
/// </summary>
internal sealed record KindQuery(string Kind, uint Class, SchemaSection Section, string Sql);
