using System.Linq.Expressions;
using System.Reflection;

namespace Temporalio.Common;

/// <summary>Takes the method and the arguments out of the lambdas that name a call.</summary>
internal static class ExpressionUtil
{
    public static (MethodInfo Method, IReadOnlyCollection<object?> Args) ExtractCall(Expression<Action> expr) => Extract(expr);

    public static (MethodInfo Method, IReadOnlyCollection<object?> Args) ExtractCall<TInstance>(
        Expression<Action<TInstance>> expr) => Extract(expr);

    public static (MethodInfo Method, IReadOnlyCollection<object?> Args) ExtractCall<TResult>(
        Expression<Func<TResult>> expr) => Extract(expr);

    /// <param name="expr">The lambda.</param>
    /// <param name="errorSaysPropertyAccepted">Whether a property would have been taken by the caller.</param>
    public static (MethodInfo Method, IReadOnlyCollection<object?> Args) ExtractCall<TInstance, TResult>(
        Expression<Func<TInstance, TResult>> expr, bool errorSaysPropertyAccepted = false) =>
        Extract(expr, errorSaysPropertyAccepted);

    /// <summary>The property or field that a lambda reads, or null if it does something else.</summary>
    public static MemberInfo? ExtractMemberAccess<TInstance, TResult>(Expression<Func<TInstance, TResult>> expr) =>
        (expr.Body as MemberExpression)?.Member;

    private static (MethodInfo Method, IReadOnlyCollection<object?> Args) Extract(
        LambdaExpression lambda, bool errorSaysPropertyAccepted = false)
    {
        if (lambda.Body is not MethodCallExpression call)
        {
            throw new ArgumentException(errorSaysPropertyAccepted
                ? "Expression must be a single method call or property access"
                : "Expression must be a single method call");
        }

        return (MethodOf(lambda, call), [.. call.Arguments.Select(Evaluate)]);
    }

    private static MethodInfo MethodOf(LambdaExpression lambda, MethodCallExpression call)
    {
        if (call.Object is not { } instance)
        {
            return lambda.Parameters.Count == 0
                ? call.Method
                : throw new ArgumentException("Static call expression must not have a lambda parameter");
        }

        if (lambda.Parameters.Count != 1 || lambda.Parameters[0].IsByRef || instance != lambda.Parameters[0])
        {
            throw new ArgumentException("Instance call expression must have a single lambda parameter used for the call");
        }

        // An override bears its own attribute, but the compiler names the method that declares it.
        return call.Method.ReflectedType == instance.Type
            ? call.Method
            : instance.Type.GetMethod(
                call.Method.Name,
                BindingFlags.Public | BindingFlags.Instance,
                [.. call.Method.GetParameters().Select(each => each.ParameterType)])
                ?? throw new ArgumentException($"{instance.Type} has no public method {call.Method.Name} of its own");
    }

    private static object? Evaluate(Expression argument) => argument is ConstantExpression constant
        ? constant.Value
        : Expression.Lambda<Func<object?>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();
}
