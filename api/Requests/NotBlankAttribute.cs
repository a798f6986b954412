using System.ComponentModel.DataAnnotations;

namespace TemporalDelivery.Api.Requests;

/// <summary>Says in the API's description that a text must be there and say something. The body's own check holds it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotBlankAttribute() : RequiredAttribute;
