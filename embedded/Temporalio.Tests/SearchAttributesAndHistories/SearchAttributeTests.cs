using Google.Protobuf;
using Temporalio.Common;

namespace Temporalio.Tests.SearchAttributesAndHistories;

public sealed class SearchAttributeTests
{
    private static readonly SearchAttributeKey<string> Status = SearchAttributeKey.CreateKeyword("Status");
    private static readonly SearchAttributeKey<long> Attempts = SearchAttributeKey.CreateLong("Attempts");
    private static readonly SearchAttributeKey<IReadOnlyCollection<string>> Tags = SearchAttributeKey.CreateKeywordList("Tags");
    private static readonly SearchAttributeKey<DateTimeOffset> Due = SearchAttributeKey.CreateDateTimeOffset("Due");

    [Fact]
    public void Attributes_survive_the_way_there_and_back_with_their_types()
    {
        var due = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var set = new SearchAttributeCollection.Builder().Set(Status, "OPEN").Set(Attempts, 3).Set(Tags, ["a", "b"]).Set(Due, due)
            .ToSearchAttributeCollection();

        var proto = set.ToProto();
        var read = SearchAttributeCollection.FromProto(proto);

        Assert.Equal("Keyword", proto.IndexedFields["Status"].Metadata["type"].ToStringUtf8());
        Assert.Equal("OPEN", read.Get(Status));
        Assert.Equal(3, read.Get(Attempts));
        Assert.Equal(["a", "b"], read.Get(Tags));
        Assert.Equal(due, read.Get(Due));
        Assert.False(read.TryGetValue(SearchAttributeKey.CreateText("Status"), out _));
        Assert.True(read.ContainsKey("Status"));
    }

    [Fact]
    public void A_name_has_one_value_whatever_its_type()
    {
        var set = new SearchAttributeCollection.Builder().Set(Status, "a").Set(SearchAttributeKey.CreateText("Status"), "b").ToSearchAttributeCollection();

        Assert.Single(set);
        Assert.Throws<KeyNotFoundException>(() => set.Get(Status));
    }

    [Fact]
    public void Older_names_of_types_are_known_and_others_refused()
    {
        var proto = new SearchAttributeCollection.Builder().Set(Status, "OPEN").ToSearchAttributeCollection().ToProto();
        proto.IndexedFields["Status"].Metadata["type"] = ByteString.CopyFromUtf8("INDEXED_VALUE_TYPE_KEYWORD");

        Assert.Equal("OPEN", SearchAttributeCollection.FromProto(proto).Get(Status));
        proto.IndexedFields["Status"].Metadata["type"] = ByteString.CopyFromUtf8("Colour");
        Assert.Throws<ArgumentException>(() => SearchAttributeCollection.FromProto(proto));
    }

    [Fact]
    public void Updates_set_and_remove_and_two_for_one_name_change_nothing()
    {
        var set = new SearchAttributeCollection.Builder().Set(Status, "OPEN").Set(Attempts, 1).ToSearchAttributeCollection();

        Assert.Throws<ArgumentException>(() => set.ApplyUpdates([Status.ValueSet("x"), Status.ValueUnset()]));
        set.ApplyUpdates([Status.ValueSet("CLOSED"), Attempts.ValueUnset()]);

        Assert.Equal("CLOSED", set.Get(Status));
        Assert.Single(set);
    }
}
